import { durationText, useNow } from '../../components/time.js';

/** Milliseconds before its end from which on an image is marked. */
const SOON = 14 * 86_400_000;

/** When something expires, marked when it has or soon will. */
export function Expiry({ time }: { readonly time: string }) {
  const left = Date.parse(time) - useNow();
  const date = time.slice(0, 10);
  if (left <= 0) return <span className="bad">✕ expired {date}</span>;
  const text = `${date}, in ${durationText(left)}`;
  return left < SOON ? <span className="warn">! {text}</span> : <span>{text}</span>;
}
