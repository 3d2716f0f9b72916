/** Which grader reads the answers of the tasks in mathematics. */
export const mathGrader = 'final-answer';
