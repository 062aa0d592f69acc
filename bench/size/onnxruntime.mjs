import { InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { pixels, show } from './page.mjs';

const session = await InferenceSession.create('/model.onnx');
const { logits } = await session.run({ image: new Tensor('float32', pixels, [1, 1, 28, 28]) });
show(logits.data);
