export default {
  testMatch: ['**/*.jest.mjs'],
  moduleFileExtensions: ['mjs', 'js', 'json'],
  transform: {},
  testTimeout: 60_000,
};
