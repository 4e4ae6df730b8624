/**
 * Keeps a copy of lists of the API current. `headers()` returns the credential of each attempt, `onChange(objects)` is
 * called with a Map of `<kind>/<id>` to object whenever the copy is complete and has changed. Resolves when `signal`
 * aborts; rejects when the server refuses the request itself (400, 403) or no longer accepts the token.
 */
export async function watch({ url, query, headers, onChange, signal }) {
  let objects = new Map();
  let next = objects; // where events go: a second Map while the state is being sent anew
  let cursor;
  const apply = (event, data) => {
    if (event === 'reset') next = new Map();
    else if (event === 'put') next.set(`${data.kind}/${data.id}`, data.object);
    else if (event === 'removed') next.delete(`${data.kind}/${data.id}`);
    else if (event === 'bookmark') objects = next;
    else if (event === 'end' && data.reason === 'credential') throw new Error(data.message);
    if (next === objects && event !== 'end') onChange(objects);
  };
  for (let failures = 0; !signal.aborted; failures++) {
    if (failures > 0)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(100 * 2 ** failures, 10_000)));
    const timeout = new AbortController(); // the server sends something every 15 seconds
    let timer = setTimeout(() => timeout.abort(), 45_000);
    try {
      const response = await fetch(`${url}watch?${new URLSearchParams(query)}`, {
        headers: { ...(await headers()), ...(cursor && { 'last-event-id': cursor }) },
        signal: AbortSignal.any([signal, timeout.signal]),
      }).catch(() => undefined);
      if (response?.status === 410) cursor = undefined;
      if ([400, 403].includes(response?.status)) throw new Error(JSON.parse(await response.json()).message);
      if (!response?.ok) continue;
      let rest = '';
      for await (const text of readable(response.body.pipeThrough(new TextDecoderStream()))) {
        timer.refresh();
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop();
        for (const block of blocks) {
          const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)));
          if (fields.event) apply(fields.event, JSON.parse(fields.data));
          cursor = fields.id ?? cursor;
          failures = 0;
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The parts of a response until the connection ends, in whatever way. */
async function* readable(stream) {
  const reader = stream.getReader();
  for (let part; (part = await reader.read().catch(() => undefined)) && !part.done;) yield part.value;
}
