/** Whether the header `Accept-Encoding` names the encoding, and not with weight 0. */
export const acceptsEncoding = (header: string, coding: string): boolean =>
  header.split(',').some((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return name === coding && !parameters.some((one) => /^q=0(\.0*)?$/.test(one));
  });
