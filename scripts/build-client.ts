/** Builds the script and style of the dashboard's page into a module of two texts, for the server to send. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync, type OutputFile } from 'esbuild';

const CLIENT = join(__dirname, '../src/dashboard/client');

/** Bundles and minifies a file of the client, with all that it imports. */
function bundle(entry: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(CLIENT, entry)],
    bundle: true,
    charset: 'utf8',
    format: 'iife',
    legalComments: 'none',
    minify: true,
    target: 'es2022',
    write: false,
  });
  return (outputFiles[0] as OutputFile).text.trimEnd();
}

/** The declared types keep the texts out of the type declarations. */
const text = `/** Built by scripts/build-client.ts from the sources in this folder. */

export const SCRIPT: string = ${JSON.stringify(bundle('main.ts'))};
export const STYLE: string = ${JSON.stringify(bundle('style.css'))};
`;
writeFileSync(join(CLIENT, 'generated.ts'), text);
