// A page that lets a classic worker run the smoke suite.

import { sendFrom } from './send.mjs';

sendFrom(new Worker('/classic.js'));
