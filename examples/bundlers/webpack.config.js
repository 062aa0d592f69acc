// The same for Rspack: `rspack build -c webpack.config.js`.

import { fileURLToPath } from 'node:url';

export default {
  mode: 'production',
  context: fileURLToPath(new URL('.', import.meta.url)),
  entry: './carried.js',
  output: { path: fileURLToPath(new URL('./out/', import.meta.url)), filename: 'main.js' },
};
