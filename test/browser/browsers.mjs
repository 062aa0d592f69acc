// The browsers that tests drive: found in the environment or in PATH, launched headless.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { serve } from '../../examples/browser/serve.mjs';

// The sandbox can't be had as root, which containers often are; the rest keeps Chromium off the network.
const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @type {{ name: string, kind: 'chrome' | 'firefox', variable: string, programs: string[], args: string[] }[]} */
export const browsers = [
  {
    name: 'Chromium',
    kind: 'chrome',
    variable: 'CHROME_PATH',
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    args: chromiumFlags,
  },
  { name: 'Firefox', kind: 'firefox', variable: 'FIREFOX_PATH', programs: ['firefox-esr', 'firefox'], args: [] },
];

/** Path of a browser, or undefined where it isn't installed. */
export function programOf({ variable, programs }) {
  if (process.env[variable]) return process.env[variable];
  const folders = (process.env.PATH ?? '').split(delimiter);
  return programs.flatMap((program) => folders.map((folder) => join(folder, program))).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Why a browser that `programOf` doesn't find is left out. */
export function absence({ programs, variable }) {
  return `${programs[0]} is not in PATH and ${variable} is not set`;
}

/** Starts a browser that was found; what pages download goes to the folder `downloads`. */
export function launch(browser, downloads) {
  return puppeteer.launch({
    browser: browser.kind,
    executablePath: programOf(browser),
    headless: true,
    args: browser.args,
    ...(downloads && {
      downloadBehavior: { policy: 'allow', downloadPath: downloads },
      // Firefox takes the folder from its preferences alone.
      extraPrefsFirefox: { 'browser.download.folderList': 2, 'browser.download.dir': downloads },
    }),
  });
}

/**
 * What `look` finds in a page as soon as it finds something.
 * @throws Error when the page throws, or after `patience` milliseconds
 */
export async function outcomeIn(tab, patience, look) {
  let broken;
  tab.on('pageerror', (error) => {
    broken = error;
  });
  for (const end = Date.now() + patience; Date.now() < end; ) {
    if (broken) throw broken;
    const outcome = await tab.evaluate(look);
    if (outcome) return outcome;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no outcome after ${patience} ms`);
}

/** What answers for a page that has a module script and nothing more. */
export function pageOf(script) {
  const page = `<!doctype html><script type="module" src="${script}"></script>`;
  return {
    '/index': (_, response) => response.setHeader('content-type', 'text/html').end(page),
    '/favicon.ico': (_, response) => response.writeHead(204).end(),
  };
}

/**
 * Opens a page that only has a module script, and waits for what that posts to /result: JSON of { result } or { error }.
 * @param {Record<string, URL | import('node:http').RequestListener>} mounts what is served beside the page
 * @param {{ script: string, search?: string, headers: Record<string, string>, patience: number, expected?: RegExp }} options
 *   the script's address, what follows `?` in the page's own, headers of all answers, the milliseconds that it may take, and
 *   errors that the browser may tell of
 * @returns {Promise<{ version: string, result: any }>}
 */
export async function resultOfPage(description, mounts, { script, search = '', headers, patience, expected }) {
  let receive;
  const outcome = new Promise((resolve) => {
    receive = resolve;
  });
  const own = {
    ...pageOf(script),
    '/result': async (request, response) => {
      receive(JSON.parse(Buffer.concat(await request.toArray()).toString()));
      response.end();
    },
  };
  const asked = [];
  const server = await serve({ ...mounts, ...own }, 0, headers, (path) => asked.push(path));
  const browser = await launch(description);
  try {
    const tab = await browser.newPage();
    tab.on('pageerror', (error) => {
      if (!expected?.test(error.message)) receive({ error: error.stack });
    });
    await tab.goto(`${server.origin}/index${search && `?${search}`}`);
    const late = new Promise((_, reject) => {
      setTimeout(
        () => reject(new Error(`no result after ${patience} ms; asked for last: ${asked.slice(-5).join(', ')}`)),
        patience,
      ).unref();
    });
    const { result, error } = await Promise.race([outcome, late]);
    if (error) throw new Error(error);
    return { version: (await browser.version()).split('/').at(-1), result };
  } finally {
    await browser.close();
    await server.stop();
  }
}
