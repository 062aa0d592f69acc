// Programs of this folder as one classic script each.

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folders = {
  '/quadlane/': new URL('../../dist/', import.meta.url),
  '/runtimes/': new URL('../runtimes/', import.meta.url),
};

/** The script that a program becomes, imports inside. Addresses are those that the server has. */
export async function bundled(program) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(program, import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    plugins: [
      {
        name: "the server's addresses",
        setup({ onResolve }) {
          onResolve({ filter: /^\/(quadlane|runtimes)\// }, ({ path }) => {
            const [folder, rest] = path.match(/^\/\w+\/|.+/g);
            return { path: fileURLToPath(new URL(rest, folders[folder])) };
          });
        },
      },
    ],
  });
  return outputFiles[0].text;
}

/** Answers with a script that is made when it is first asked for. */
export function answering(make) {
  let made;
  return async (_, response) => {
    made ??= make();
    response.setHeader('content-type', 'text/javascript').end(await made);
  };
}
