/** An adapter's folder, as `peft` writes it. */
export const adapterConfigFile = 'adapter_config.json';
export const adapterWeightsFile = 'adapter_model.safetensors';
/** Where the model that it adapts may lie: a folder in that of the adapter, or a link. */
export const adapterBaseFolder = 'base';
