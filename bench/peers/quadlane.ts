// quadlane as a contestant: the built package, as its users import it.

import type { Model } from '../../src/model/model.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import type { Contestant, Setup } from './contestant.js';
import { channelsFirstShape, toChannelsFirst, toChannelsLast } from './layout.js';

/** The entry `quadlane`, as far as the benchmark uses it. */
export type Quadlane = Pick<typeof import('../../src/index.js'), 'loadModel'>;

/** Loads an ONNX or .safetensors file. */
export async function loadQuadlane(
  { loadModel }: Quadlane,
  file: Uint8Array,
  { input, channelsFirst, threads, resident }: Setup,
): Promise<Contestant> {
  const model = await loadModel(file, { threads });
  const [name] = Object.keys(model.inputs);
  const shape = channelsFirst ? channelsFirstShape(input.shape) : input.shape;
  const moved = tensor(channelsFirst ? toChannelsFirst(input.data, input.shape) : input.data, shape);
  const inputs = { [name]: resident ? liveInput(model, name, moved) : moved };
  const options = { copy: !resident };
  const { threads: available, threadsReason } = model.info;
  return {
    run: available > 1 ? () => model.run(inputs, options) : () => model.runSync(inputs, options),
    async result() {
      const [output] = Object.values(await model.run({ [name]: moved })) as Tensor<'float32'>[];
      return channelsFirst ? toChannelsLast(output.data, output.shape) : output.data;
    },
    threads: available,
    threadsReason,
    dispose: () => model.dispose(),
  };
}

/** The input's place in the model's memory, filled: runs that take it copy nothing. */
function liveInput(model: Model, name: string, { data, shape }: Tensor): Tensor {
  const live = model.inputs[name].data as Float32Array;
  live.set(data as Float32Array);
  return tensor(live, shape);
}
