// npm run test:hosts [-- word ...]: the packed package in servers, edge runtimes and test runners, each as a user installs it: the
// checks that have all words in their names, all by default. Nothing is asked of the network but what the lock file names.

import { copyFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelFile } from '../../runtimes/inputs.mjs';
import { newProject } from '../bundlers/project.mjs';
import { finish, installTools, linkTools, runChecks } from '../suite.mjs';
import { inJest, inVitest } from './runners.mjs';
import { answersAtTheEdge, answersEvents, serves, serving } from './servers.mjs';
import { fits, readsDigits, tellsShapes } from './workers.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));

/** Most bytes of a worker with LeNet-5, and of one with a decoder of JPEG and a network of its own, gzipped. */
const MOST_WITH_LENET = 400_000;
const MOST_WITH_JPEG = 500_000;

installTools(here);
const project = newProject();

/** @type {[name: string, run: () => Promise<unknown>][]} */
const checks = [
  ['examples/worker/ in wrangler dev: digits, and what is none', () => readsDigits(project)],
  ['examples/worker-jpeg/ in wrangler dev: shapes, and what is none', () => tellsShapes(project)],
  [`examples/worker/ has at most ${MOST_WITH_LENET} bytes, gzipped`, () => fits(project, 'worker', MOST_WITH_LENET)],
  [
    `examples/worker-jpeg/ has at most ${MOST_WITH_JPEG} bytes, gzipped`,
    () => fits(project, 'worker-jpeg', MOST_WITH_JPEG),
  ],
  ["examples/edge/ in Vercel's edge runtime", () => answersAtTheEdge(project)],
  ['examples/lambda/ with events of both payloads', () => answersEvents(project)],
  ...serving.map((host) => [`examples/servers/ on ${host}`, () => serves(project, host)]),
  ...['node', 'jsdom', 'inline'].map((suite) => [`Jest, ${suite}`, () => inJest(project, suite)]),
  ...['forks', 'threads', 'vmThreads'].flatMap((pool) =>
    ['node', 'jsdom'].map((suite) => [`Vitest, ${suite}, ${pool}`, () => inVitest(project, suite, pool)]),
  ),
];

let counts;
try {
  linkTools(here, project);
  for (const name of ['worker', 'worker-jpeg', 'edge', 'lambda', 'servers', 'digits', 'models', 'mnist.mjs']) {
    const isOwn = (path) => !path.includes('node_modules') && !path.endsWith('/out');
    cpSync(join(examples, name), join(project.folder, 'examples', name), { recursive: true, filter: isOwn });
  }
  cpSync(join(here, 'suites'), join(project.folder, 'suites'), { recursive: true });
  copyFileSync(modelFile, join(project.folder, 'suites/lenet5-mnist.onnx'));
  counts = await runChecks(checks);
} finally {
  project.remove();
}
finish(counts);
