/** The paper's figures: drawn from records, and compared with the committed ones. */
export { drawFigures as drawPaperFigures, figuresNamed, type DrawnFigure, type MissingFigure } from './draw-figures.ts';
export { compareFigures, readFigures, writeFigures, type FigureCheck } from './figures-on-disk.ts';
export { publishedFile, readPublished, type PublishedPoint } from './published.ts';
export { notDrawn, paperFigures } from './registry.ts';
