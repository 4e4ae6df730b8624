/** Short texts, below one another. */
export const Lines = ({ of }: { readonly of: readonly string[] }) => (
  <ul className="lines">
    {of.map((line) => (
      <li key={line} className="mono">
        {line}
      </li>
    ))}
  </ul>
);
