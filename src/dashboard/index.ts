/** @module winston-redis-recent-common/dashboard */
/** Lists the public names of the dashboard. */

export { createDashboard, type Dashboard, type DashboardOptions } from './dashboard';
export type { NotableChange, StatusCounts } from './data/changes';
export type { FrequentMessage } from './data/frequent';
export type { DashboardReader } from './data/gather';
export type { ShownLine } from './data/lines';
export type { LoggerEntry } from './data/loggers';
export type { SampledChange, Snapshot } from './data/snapshot';
export type { SeverityTotal, Total } from './data/totals';
export type { Authorize } from './http/guard';
