export const evaluate = (model, state) => ({ model, state });
