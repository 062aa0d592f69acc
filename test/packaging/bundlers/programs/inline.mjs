import { loadModel, tensor } from 'quadlane/inline';
import { exportOnnx } from 'quadlane/inline/onnx';
import { relu } from 'quadlane/inline/ops';
import { classify, report } from './digits.mjs';

report(async () => {
  if (relu(tensor([-1, 2])).data.join() !== '0,2') throw new Error('relu');
  // With two cores in one program this would be the model of another.
  exportOnnx(await loadModel('/models/lenet5-mnist.onnx'));
  return classify({ loadModel, tensor });
});
