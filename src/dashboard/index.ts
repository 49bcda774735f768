export { createDashboard, type Dashboard, type DashboardOptions } from './dashboard';
export type { DashboardReader } from './gather';
export type { Authorize } from './http';
export type { LoggerEntry } from './loggers';
export type { FrequentMessage, NotableChange, StatusCounts } from './ranking';
export type { ShownLine } from './samples';
export type { SampledChange, SeverityTotal, Snapshot, Total } from './snapshot';
