/** The paper's figures: drawn from records, and compared with the committed ones. */
export { drawFigures as drawPaperFigures, figuresNamed, type DrawnFigure, type MissingFigure } from './draw-figures.ts';
export { compareFigure, readFigures, writeFigures, type FigureCheck, type FigureEntry } from './figures-on-disk.ts';
export { publishedFile, readPublished, type PublishedPoint } from './published.ts';
export { paperFigures } from './registry.ts';
