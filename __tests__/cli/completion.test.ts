import { spawnSync } from 'node:child_process';
import { COMMANDS, OPTIONS } from '../../src/cli/arguments/command-line';
import { runCli } from '../support/viewers/cli';

const PROGRAM = 'winston-redis-recent-common';
const hasShell = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

async function script(shell: string): Promise<string> {
  const { code, stdout } = await runCli(['completion', shell]);
  expect(code).toBe(0);
  return stdout;
}

/** What a shell offers for the last of some words. */
const OFFERED: Readonly<Record<string, (script: string, words: readonly string[]) => string>> = {
  bash: (text, words) => `${text}
    COMP_WORDS=(${[PROGRAM, ...words].map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
    _winston_redis_recent_common; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (text, words) => `compdef() { : }; compadd() { shift; print -l -- \${(M)@:#\${words[CURRENT]}*} }; ${text}
    words=(${[PROGRAM, ...words].map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length + 1}
    _winston_redis_recent_common`,
  fish: (text, words) => `${text}\ncomplete -C '${[PROGRAM, ...words].join(' ')}' | string split -f1 \\t`,
};

async function offered(shell: string, ...words: string[]): Promise<string[]> {
  const input = (OFFERED[shell] as (typeof OFFERED)[string])(await script(shell), words);
  const { stdout, stderr } = spawnSync(shell, ['-c', input], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(Boolean).sort();
}

describe('completion', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const itInShell = hasShell(shell) ? it : it.skip;

    itInShell(`offers commands, options and the values of options in ${shell}`, async () => {
      expect(await offered(shell, 't')).toEqual(['tail', 'top']);
      expect(await offered(shell, 'tail', '--gr')).toEqual(['--grep']);
      expect(await offered(shell, 'ls', '--gr')).toEqual([]);
      expect(await offered(shell, 'serve', '--color', 'a')).toEqual(['always', 'auto']);
      expect(await offered(shell, 'completion', '')).toEqual(expect.arrayContaining(['bash', 'fish', 'zsh']));
    });
  }

  it.each(['bash', 'zsh', 'fish'])('has every command and option of the program in %s', async (shell) => {
    const text = await script(shell);
    for (const command of COMMANDS) {
      expect(text).toContain(command);
      for (const name of Object.keys(OPTIONS[command])) expect(text).toContain(name);
    }
  });

  it.each([[[]], [['tcsh']], [['bash', 'zsh']]])('takes one of the shells: %j', async (shells) => {
    expect(await runCli(['completion', ...shells])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/completion takes one/),
    });
  });
});
