/** Gives ES modules the public names of the dashboard. */

export * from './index.js';
