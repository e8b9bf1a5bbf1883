import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTag, formatTag, imageTag, printTags, sizeTag } from '../../handler/tags.ts';

describe('tags', () => {
  it('are stable: the commands of one version invalidate what the function of another wrote', () => {
    expect(imageTag('photos/cat.jpg')).toBe('image-9c4712116d1c1877625b387799d06180');
    expect(sizeTag({ width: 300, height: 200, fit: 'inside' })).toBe('size-300x200');
    expect(sizeTag({ width: 300 })).toBe('size-300x');
    expect(sizeTag({ height: 200 })).toBe('size-x200');
    expect(sizeTag({ f: 'webp' })).toBe('size-full');
    expect(formatTag('webp')).toBe('format-webp');
    expect(buildTag('abc')).toBe('build-abc');
  });

  it('are one for all Unicode forms of a key', () => {
    expect(imageTag('고양이 é.jpg'.normalize('NFD'))).toBe(imageTag('고양이 é.jpg'.normalize('NFC')));
    expect(imageTag('a.jpg')).not.toBe(imageTag('A.jpg'));
  });

  it('of any key are tags that CloudFront takes (AWS-FACTS 3.5)', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 }), (keys) => {
        const tags = printTags({ keys, recipe: { width: 1 }, format: 'jpeg', build: 'b' }).split(',');
        expect(tags.length).toBeLessThanOrEqual(50);
        expect(new Set(tags).size).toBe(tags.length);
        for (const tag of tags) expect(tag).toMatch(/^[\x21-\x2b\x2d-\x7e]{1,256}$/);
      }),
    );
  });
});
