export { createDashboard, type Dashboard, type DashboardOptions } from './dashboard';
export type { DashboardReader } from './data/gather';
export type { LoggerEntry } from './data/loggers';
export type { FrequentMessage, NotableChange, StatusCounts } from './data/ranking';
export type { ShownLine } from './data/samples';
export type { SampledChange, SeverityTotal, Snapshot, Total } from './data/snapshot';
export type { Authorize } from './http/http';
