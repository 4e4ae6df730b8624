import { defineConfig } from 'vitepress';
import { withMermaid } from 'vitepress-plugin-mermaid';
import { fileOf, siteLinkTo, targetOf } from './repository.js';
import { sidebar } from './sidebar.js';

/** The documentation as a site: `npm run docs` serves it, `npm run docs:build` writes it to docs/.vitepress/dist. */
export default withMermaid(
  defineConfig({
    title: 'metal-api',
    description: 'The control plane of a bare-metal cloud',
    base: process.env['DOCS_BASE'] ?? '/',
    cleanUrls: false,
    ignoreDeadLinks: false,
    lastUpdated: false,
    head: [['link', { rel: 'icon', href: 'data:,' }]],
    themeConfig: {
      nav: [
        { text: 'Guide', link: '/guide/install', activeMatch: '/guide/' },
        { text: 'Concepts', link: '/concepts/life-of-a-machine', activeMatch: '/concepts/' },
        { text: 'Settings', link: '/settings' },
        { text: 'API', link: '/api' },
        { text: 'Contributing', link: '/contributing/getting-started', activeMatch: '/contributing/' },
      ],
      sidebar: sidebar(),
      outline: [2, 3],
      search: { provider: 'local', options: { _render: render } },
    },
    markdown: {
      // Text in angle brackets is text, here and in the hosted repository.
      html: false,
      // The anchors of the hosted repository, so that a link works there and here.
      anchor: { slugify },
      config: (md) => {
        md.core.ruler.push('links-of-the-repository', (state) => {
          const file = fileOf((state.env as { relativePath: string }).relativePath);
          for (const token of state.tokens.flatMap(({ children }) => children ?? [])) {
            const attribute = token.type === 'link_open' ? 'href' : token.type === 'image' ? 'src' : undefined;
            if (attribute === undefined) continue;
            const target = targetOf(file, token.attrGet(attribute) ?? '');
            if (target !== undefined) token.attrSet(attribute, siteLinkTo(target));
          }
        });
      },
    },
    // Chunks of Mermaid are large, and are loaded only by pages with diagrams.
    vite: {
      build: { chunkSizeWarningLimit: 3000 },
      // Some of its dependencies are CommonJS, which `vitepress dev` has to bundle.
      optimizeDeps: { include: ['mermaid'] },
    },
  }),
);

/** Pages that say `search: false` are left out of the index. */
function render(
  source: string,
  env: { frontmatter?: { search?: boolean } },
  md: { render(source: string, env: unknown): string },
) {
  const html = md.render(source, env);
  return env.frontmatter?.search === false ? '' : html;
}

function slugify(heading: string): string {
  return heading
    .toLowerCase()
    .trim()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replace(/\s/g, '-');
}
