from prenuc.arrays import Array
from prenuc.simulation.kernels.classes import ClassArrays
from prenuc.simulation.kernels.rates import RateArrays
from prenuc.simulation.kernels.seeds import Seeds
from prenuc.simulation.kernels.setting import Setting
from prenuc.simulation.kernels.sparse import SparseArrays

instructions: str

def integrate(
    net: RateArrays,
    pop: ClassArrays,
    plan: SparseArrays,
    setting: Setting,
    constants: Array,
    starts: Array,
    dots: Array,
    out_x: Array,
    out_f: Array,
    outcomes: Array,
    /,
) -> None: ...
def integrate_followed(
    net: RateArrays,
    pop: ClassArrays,
    plan: SparseArrays,
    setting: Setting,
    seeds: Seeds,
    components: Array,
    classes: Array,
    x: Array,
    f: Array,
    out_x: Array,
    out_f: Array,
    out_dx: Array,
    out_df: Array,
    outcome: Array,
    /,
) -> None: ...
def step_ends(
    net: RateArrays,
    pop: ClassArrays,
    plan: SparseArrays,
    setting: Setting,
    x: Array,
    f: Array,
    out_x: Array,
    out_f: Array,
    ends: Array,
    /,
) -> None: ...
def solve_linear(
    net: RateArrays,
    pop: ClassArrays,
    plan: SparseArrays,
    setting: Setting,
    x: Array,
    f: Array,
    right: Array,
    right_f: Array,
    rates: Array,
    jacobian: Array,
    /,
) -> None: ...
def stages_both_ways(
    net: RateArrays,
    pop: ClassArrays,
    plan: SparseArrays,
    setting: Setting,
    x: Array,
    f: Array,
    direct: Array,
    differences: Array,
    /,
) -> None: ...
