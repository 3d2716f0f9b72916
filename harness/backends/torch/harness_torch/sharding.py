"""Parameters, gradients and moments divided over ranks along their first axis (FSDP2: `fully_shard`)."""

import torch
import torch.distributed as dist
from torch.distributed.tensor import DTensor


def shard(decoder, ranks, fill):
    """A layer at a time, each filled just before, then what lies around them.

    Gradients are summed over ranks, as those of replicated models: the loss is divided by the counts of the whole step.
    """
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard, register_fsdp_forward_method

    mesh = init_device_mesh(ranks.device.type, (ranks.count,))
    for part in [*decoder.layers, decoder]:
        fill(part)
        fully_shard(part, mesh=mesh)
        sum_plainly(part)
    register_fsdp_forward_method(decoder, 'difference_from_class')
    return decoder


def sum_plainly(part):
    """Under the names that this torch has for it."""
    divide = getattr(part, 'set_gradient_divide_factor', None) or part.set_reduce_scatter_divide_factor
    divide(1.0)
    if hasattr(part, 'set_force_sum_reduction_for_comms'):
        part.set_force_sum_reduction_for_comms(True)


def is_shard(value):
    return isinstance(value, DTensor)


def own_part(value):
    """What this rank holds; it shares its memory."""
    return value.to_local() if is_shard(value) else value


def own_rows(value, ranks):
    """(from, to) along the first axis: the first ranks hold equally many, the last ones what is left."""
    if not is_shard(value):
        return None
    most = -(-value.shape[0] // ranks.count)
    first = min(ranks.rank * most, value.shape[0])
    rows = (first, min(first + most, value.shape[0]))
    held = value.to_local().shape[0]
    if rows[1] - rows[0] != held:
        raise RuntimeError(f'rank {ranks.rank} holds {held} rows of {tuple(value.shape)}, not {rows}')
    return rows


def like(value, part):
    """This rank's part of a tensor that is divided as `value` is."""
    if not is_shard(value):
        return part
    return DTensor.from_local(
        part, value.device_mesh, value.placements, run_check=False, shape=value.shape, stride=value.stride()
    )


def whole(value):
    """The whole tensor, on every rank: a call of all ranks together."""
    value = value.detach()
    return value.full_tensor() if is_shard(value) else value


def forget_gradients(module):
    for value in module.parameters():
        value.grad = None


class Traffic:
    """The collectives of one forward and backward pass, so that a rank that breaks off can do the rest of them.

    A rank that runs out of memory in the middle leaves the others waiting for it. They all do the same collectives in
    the same order for every micro-batch: after one whole pass this rank knows those that are left, and takes part in
    them with empty hands. All of them then give the step up together.
    """

    def __init__(self, decoder):
        self.decoder = decoder
        self.known, self.done = None, []
        for part in [*decoder.layers, decoder]:
            part.set_custom_all_gather(Told(self, gather))
            part.set_custom_reduce_scatter(Told(self, scatter))

    def begin(self):
        self.done = []

    def end(self):
        self.known = self.done

    def break_off(self):
        """The rest of a pass, and a clean state for the next one."""
        for collective, output, given, dtype, group, settings in self.known[len(self.done) :]:
            device = self.decoder.score.weight.device
            empty = [torch.zeros(size, dtype=dtype, device=device) for size in (output, given)]
            collective(*empty, group, **settings)
        # Layers that the pass did not leave still have whole parameters in their places, with gradients of their own.
        forget_gradients(self.decoder)
        self.decoder.reset_iter_state()


class Told:
    """A collective of FSDP that is written down as it begins."""

    def __init__(self, traffic, collective):
        self.traffic, self.collective = traffic, collective

    @staticmethod
    def allocate(size, *, dtype, device):
        return torch.empty(*size, dtype=dtype, device=device)

    def __call__(self, output_tensor, input_tensor, group, *, async_op=False, **settings):
        self.traffic.done.append(
            (self.collective, output_tensor.numel(), input_tensor.numel(), input_tensor.dtype, group, settings)
        )
        return self.collective(output_tensor, input_tensor, group, async_op=async_op, **settings)


def gather(output, given, group, async_op=False):
    function = getattr(dist, 'all_gather_single', None) or dist.all_gather_into_tensor  # its name before 2.13
    return function(output, given, group=group, async_op=async_op)


def scatter(output, given, group, op, async_op=False):
    function = getattr(dist, 'reduce_scatter_single', None) or dist.reduce_scatter_tensor
    return function(output, given, op=op, group=group, async_op=async_op)


def can_break_off(decoder):
    """Whether this torch (2.13 and later) can bring a sharded module into a clean state after an error."""
    return hasattr(decoder, 'reset_iter_state')
