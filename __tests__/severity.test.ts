import winston from 'winston';
import { SEVERITY, toSeverity } from '../src';

const expected: Record<string, Record<string, string>> = {
  npm: {
    error: 'error',
    warn: 'warning',
    info: 'info',
    http: 'info',
    verbose: 'debug',
    debug: 'debug',
    silly: 'debug',
  },
  syslog: {
    emerg: 'critical',
    alert: 'critical',
    crit: 'critical',
    error: 'error',
    warning: 'warning',
    notice: 'info',
    info: 'info',
    debug: 'debug',
  },
  cli: {
    error: 'error',
    warn: 'warning',
    help: 'info',
    data: 'info',
    info: 'info',
    debug: 'debug',
    prompt: 'info',
    verbose: 'debug',
    input: 'debug',
    silly: 'debug',
  },
};

describe('toSeverity', () => {
  it.each(['npm', 'syslog', 'cli'] as const)("maps each of winston's %s levels", (set) => {
    const levels = Object.keys(winston.config[set].levels);
    expect(Object.fromEntries(levels.map((level) => [level, toSeverity(level)]))).toEqual(expected[set]);
  });

  it("maps the numbers and names of Python's logging", () => {
    expect([10, 20, 30, 40, 50].map((number) => toSeverity(number))).toEqual([
      'debug',
      'info',
      'warning',
      'error',
      'critical',
    ]);
    expect(['debug', 'info', 'warning', 'error', 'critical'].every((name) => toSeverity(name) === name)).toBe(true);
  });

  it('passes an unknown level through in lower case', () => {
    expect(toSeverity('Audit')).toBe('audit');
    expect(toSeverity(35)).toBe('35');
  });

  it('treats names that every object inherits as unknown levels', () => {
    expect(toSeverity('constructor')).toBe('constructor');
    expect(toSeverity('__proto__')).toBe('__proto__');
    expect(toSeverity('toString', JSON.parse('{"__proto__": "info"}'))).toBe('tostring');
  });

  it('ignores colour codes', () => {
    expect(toSeverity('\u001b[32minfo\u001b[39m')).toBe('info');
  });

  it('prefers the given entries, in lower case', () => {
    const severities = { audit: 'Security', http: 'access' };
    expect(toSeverity('Audit', severities)).toBe('security');
    expect(toSeverity('http', severities)).toBe('access');
    expect(toSeverity('warn', severities)).toBe('warning');
  });
});

describe('SEVERITY', () => {
  it('has the entries of Redis in Action, and the warning that its printed table lacks', () => {
    expect(SEVERITY).toMatchObject({ 10: 'debug', 20: 'info', 30: 'warning', 40: 'error', 50: 'critical' });
    expect(SEVERITY).toMatchObject({ debug: 'debug', info: 'info', error: 'error', critical: 'critical' });
  });

  it('is frozen', () => {
    expect(Object.isFrozen(SEVERITY)).toBe(true);
  });
});
