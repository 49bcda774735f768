/** Finds the links of the documentation that lead nowhere. */

import { existsSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ROOT, readText } from './source-tree';

/** The pages in docs. */
export const DOCS: readonly string[] = readdirSync(join(ROOT, 'docs'))
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/${file}`);
/** Every page with links that a test follows. */
export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'examples/README.md',
  ...DOCS,
];

function withoutCode(markdown: string): string {
  return markdown.replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]*`/g, 'code');
}

/** The targets of relative links and pictures. */
function findLinks(markdown: string): string[] {
  const targets = [...withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => String(match[1]));
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors that GitHub gives to headings. */
function findAnchors(markdown: string): string[] {
  const headings = [...markdown.replace(/^```[^]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)];
  const slugs = headings.map(([, heading]) =>
    String(heading)
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return slugs.map((slug, i) => {
    const earlier = slugs.slice(0, i).filter((each) => each === slug).length;
    return earlier ? `${slug}-${earlier}` : slug;
  });
}

/** The links of a page that lead nowhere, among the files that exist. */
export function findBroken(page: string, markdown: string, exists: (path: string) => boolean): string[] {
  return findLinks(markdown).filter((target) => {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : posix.join(posix.dirname(page), path);
    if (!exists(file)) return true;
    return anchor !== undefined && !findAnchors(file === page ? markdown : readText(file)).includes(anchor);
  });
}

/** Whether the repository has a file or folder. */
export const inRepository = (path: string): boolean => existsSync(join(ROOT, path));
