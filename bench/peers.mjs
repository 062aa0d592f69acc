// npm run bench:peers: bundles the comparison with other libraries and runs it.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundlePeers, requirePeers } from './peers/bundle.mjs';

requirePeers();
await bundlePeers();
const script = fileURLToPath(new URL('dist/peers.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [script, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
