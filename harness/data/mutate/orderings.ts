/** Comparisons of order, the same in every language that we mutate: another boundary, or the other direction. */
export const orderings = {
  '<': [
    { kind: 'boundary', others: ['<='] },
    { kind: 'direction', others: ['>'] },
  ],
  '<=': [
    { kind: 'boundary', others: ['<'] },
    { kind: 'direction', others: ['>='] },
  ],
  '>': [
    { kind: 'boundary', others: ['>='] },
    { kind: 'direction', others: ['<'] },
  ],
  '>=': [
    { kind: 'boundary', others: ['>'] },
    { kind: 'direction', others: ['<='] },
  ],
} as const;
