export * from './index.js';
export { RedisRecentCommonTransport as default } from './index.js';
