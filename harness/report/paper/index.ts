/** The paper's figures: drawn from records, and compared with the committed ones. */
export { checkFigures } from './check-figures.ts';
export { drawFigures as drawPaperFigures, figuresNamed, type DrawnFigure, type MissingFigure } from './draw-figures.ts';
export { writeScores } from './figure-scores.ts';
export { readFigures, writeFigures, type FigureCheck } from './figures-on-disk.ts';
export { publishedFile, readPublished, type PublishedPoint } from './published.ts';
export { paperFigures } from './registry.ts';
