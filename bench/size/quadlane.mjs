import { loadModel, tensor } from 'quadlane';
import { pixels, show } from './page.mjs';

const model = await loadModel('/model.onnx');
const { logits } = await model.run({ image: tensor(pixels, [1, 1, 28, 28]) });
show(logits.data);
