// npm runs this as `prepare`: after an install in a checkout, where there is nothing to do, and before it packs the package,
// as it does to install it from Git, where all that belongs to the package has to be there. Only then it names a package.

import { build } from './build.mjs';

if (process.env.npm_package_resolved !== undefined) await build();
