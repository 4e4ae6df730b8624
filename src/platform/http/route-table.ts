/** The methods of each path. Only used for unmatched paths and for OPTIONS, so a linear search is sufficient. */
export class RouteTable {
  private readonly patterns = new Map<string, { segments: readonly string[]; methods: Set<string> }>();

  add(methods: string | readonly string[], url: string): void {
    const entry = this.patterns.get(url) ?? { segments: segmentsOf(url), methods: new Set<string>() };
    for (const method of [methods].flat()) entry.methods.add(method);
    this.patterns.set(url, entry);
  }

  /** Methods of all routes that match the path, sorted; empty for an unknown path. */
  methodsOf(url: string): string[] {
    const segments = segmentsOf(url.split('?', 1)[0]!);
    const found = [...this.patterns.values()].filter((pattern) => matches(pattern.segments, segments));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
  }

  /** All routes as `METHOD /path/:parameter`. */
  list(): string[] {
    return [...this.patterns].flatMap(([url, { methods }]) => [...methods].map((method) => `${method} ${url}`)).sort();
  }
}

const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

const matches = (pattern: readonly string[], segments: readonly string[]): boolean =>
  (pattern.length === segments.length || (pattern.at(-1) === '*' && pattern.length < segments.length)) &&
  pattern.every((part, index) => part === '*' || part.startsWith(':') || part === segments[index]);
