import { contentOf, linkedFiles } from '../.vitepress/repository.js';

/** One page for each file outside of `docs` that a document leads to. */
export default {
  paths: () => linkedFiles().map((path) => ({ params: { path: path.replace(/\.md$/, '') }, content: contentOf(path) })),
};
