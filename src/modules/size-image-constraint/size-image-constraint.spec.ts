import { describe, expect, it } from 'vitest';
import { parseImageId } from '../image/image.js';
import { checkImageAllowed } from './size-image-constraint.js';

const constraint = {
  id: 'c1-large',
  revision: 1,
  name: '',
  description: '',
  created: '',
  changed: '',
  images: { ubuntu: '>= 20.04.20211011', debian: '*' },
};

const allow = (image: string) => () => checkImageAllowed(constraint, parseImageId(image));

describe('a size image constraint (docs/reference/size-image-constraints.md#check)', () => {
  it('allows only the required versions', () => {
    expect(allow('ubuntu-20.04.20211011')).not.toThrow();
    expect(allow('ubuntu-22.04.1')).not.toThrow();
    expect(allow('debian-10.0.20200101')).not.toThrow();
    expect(allow('ubuntu-20.04.20200331')).toThrow('requires ubuntu >= 20.04.20211011');
  });

  it('does not restrict other operating systems', () => {
    expect(allow('firewall-ubuntu-2.0.20200331')).not.toThrow();
    expect(allow('constructor-1.0')).not.toThrow();
  });

  it('cannot check an image without a patch number', () => {
    expect(allow('ubuntu-26.4')).toThrow('requires a patch number');
  });
});
