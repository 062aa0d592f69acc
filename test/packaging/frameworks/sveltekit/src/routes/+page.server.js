import { readAtBuild } from '../../server.mjs';

export const prerender = true;

export async function load() {
  return { digit: await readAtBuild('static') };
}
