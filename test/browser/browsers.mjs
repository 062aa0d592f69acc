// The browsers that tests drive: found in the environment or in PATH, launched headless.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import puppeteer from 'puppeteer-core';

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
