/** The public names of the package, for ES modules. */

export * from './index.js';
export { RedisRecentCommonTransport as default } from './index.js';
