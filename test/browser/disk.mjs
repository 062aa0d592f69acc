// A page in one file, opened from the disk.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { modelFile, smokeInputs } from '../runtimes/inputs.mjs';
import { launch, outcomeIn } from './browsers.mjs';
import { bundled } from './bundled.mjs';

/** Runs the smoke suite in a page that has script, network and digits inside. */
export async function openFromDisk(description, { patience }) {
  const folder = mkdtempSync(join(tmpdir(), 'quadlane-page-'));
  const given = JSON.stringify({ ...smokeInputs(), model: readFileSync(modelFile).toString('base64') });
  const script = (await bundled('classic.mjs')).replaceAll('</script', '<\\/script');
  const page = `<!doctype html><meta charset="utf-8" /><script>globalThis.given = ${given};\n${script}</script>`;
  writeFileSync(join(folder, 'index.html'), page);
  const browser = await launch(description);
  try {
    const tab = await browser.newPage();
    await tab.goto(pathToFileURL(join(folder, 'index.html')).href);
    const { result, error } = await outcomeIn(tab, patience, () => globalThis.outcome);
    if (error) throw new Error(error);
    return { version: (await browser.version()).split('/').at(-1), result };
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}
