/** An adapter's folder, as `peft` writes it. */
export const adapterConfigFile = 'adapter_config.json';
export const adapterWeightsFile = 'adapter_model.safetensors';
/**
 * config.json of the merged model, in an adapter that was trained here: it says how its rewards are read. Under another
 * name, since `transformers` takes a folder with config.json for a whole model.
 */
export const adapterModelConfigFile = 'harness_config.json';
/** Where the model that it adapts may lie: a folder in that of the adapter, or a link. */
export const adapterBaseFolder = 'base';
