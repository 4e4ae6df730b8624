/** An event of the watch (docs/guide/watch.md#events). */
export interface WatchEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** Splits the text of server-sent events, which arrives in arbitrary pieces, into events. Comments are skipped. */
export class EventParser {
  private rest = '';

  /** The events that are complete with this piece. */
  *push(text: string): Generator<WatchEvent> {
    const all = this.rest + text;
    let start = 0;
    for (let end: number; (end = all.indexOf('\n\n', start)) >= 0; start = end + 2) {
      const event = parse(all.slice(start, end));
      if (event) yield event;
    }
    this.rest = all.slice(start);
  }
}

function parse(block: string): WatchEvent | undefined {
  let [event, id, data]: [string | undefined, string | undefined, string] = [undefined, undefined, ''];
  for (let start = 0; start < block.length;) {
    const found = block.indexOf('\n', start);
    const end = found < 0 ? block.length : found;
    if (block.startsWith('data: ', start)) data = block.slice(start + 6, end);
    else if (block.startsWith('event: ', start)) event = block.slice(start + 7, end);
    else if (block.startsWith('id: ', start)) id = block.slice(start + 4, end);
    start = end + 1;
  }
  return event === undefined ? undefined : { event, id, data };
}
