"""Takes the steps of a training job, and scores responses, with PyTorch; the job and its data are files."""
