export default {
  // What runs in Node finds the binaries in the package.
  serverExternalPackages: ['quadlane'],
  // A folder of files.
  output: 'export',
};
