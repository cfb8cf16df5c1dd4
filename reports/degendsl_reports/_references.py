"""Works that a study's parts come from: for its methods text and its bibliography."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Reference(NamedTuple):
    """A work as it is cited. used_by: `block.key=word` of a resolved spec that makes it due."""

    key: str
    short: str
    text: str
    bibtex: str
    used_by: tuple[str, ...] = ()


def _entry(kind: str, key: str, **fields: str) -> str:
    inner = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@{kind}{{{key},\n{inner}\n}}"


REFERENCES = (
    Reference(
        "huang2025",
        "Huang et al. 2025",
        "Huang A, Singh SH, Martinelli F, Rajan K (2025). Measuring and controlling solution "
        "degeneracy across task-trained recurrent neural networks. NeurIPS. arXiv:2410.03972.",
        _entry(
            "inproceedings", "huang2025",
            author="Huang, Ann and Singh, Satpreet H. and Martinelli, Flavio and Rajan, Kanaka",
            title="Measuring and Controlling Solution Degeneracy across Task-Trained Recurrent "
            "Neural Networks",
            booktitle="Advances in Neural Information Processing Systems", year="2025",
            eprint="2410.03972", archiveprefix="arXiv",
        ),
        ("task",),
    ),
    Reference(
        "ostrow2023",
        "Ostrow et al. 2023",
        "Ostrow M, Eisen A, Kozachkov L, Fiete I (2023). Beyond geometry: comparing the temporal "
        "structure of computation in neural circuits with dynamical similarity analysis. NeurIPS. "
        "arXiv:2306.10168.",
        _entry(
            "inproceedings", "ostrow2023",
            author="Ostrow, Mitchell and Eisen, Adam and Kozachkov, Leo and Fiete, Ila",
            title="Beyond Geometry: Comparing the Temporal Structure of Computation in Neural "
            "Circuits with Dynamical Similarity Analysis",
            booktitle="Advances in Neural Information Processing Systems", year="2023",
            eprint="2306.10168", archiveprefix="arXiv",
        ),
        ("measure.dynamics.kind=dsa",),
    ),
    Reference(
        "vogelstein2015",
        "Vogelstein et al. 2015",
        "Vogelstein JT, Conroy JM, Lyzinski V, et al. (2015). Fast approximate quadratic "
        "programming for graph matching. PLoS ONE 10: e0121002.",
        _entry(
            "article", "vogelstein2015",
            author="Vogelstein, Joshua T. and Conroy, John M. and Lyzinski, Vince and others",
            title="Fast Approximate Quadratic Programming for Graph Matching",
            journal="PLoS ONE", volume="10", number="4", pages="e0121002", year="2015",
        ),
        ("measure.weights.kind=pif",),
    ),
    Reference(
        "raghu2017",
        "Raghu et al. 2017",
        "Raghu M, Gilmer J, Yosinski J, Sohl-Dickstein J (2017). SVCCA: singular vector canonical "
        "correlation analysis for deep learning dynamics and interpretability. NeurIPS. "
        "arXiv:1706.05806.",
        _entry(
            "inproceedings", "raghu2017",
            author="Raghu, Maithra and Gilmer, Justin and Yosinski, Jason and "
            "Sohl-Dickstein, Jascha",
            title="SVCCA: Singular Vector Canonical Correlation Analysis for Deep Learning "
            "Dynamics and Interpretability",
            booktitle="Advances in Neural Information Processing Systems", year="2017",
            eprint="1706.05806", archiveprefix="arXiv",
        ),
        ("measure.dynamics.kind=svcca", "measure.also=svcca"),
    ),
    Reference(
        "sussillo2013",
        "Sussillo & Barak 2013",
        "Sussillo D, Barak O (2013). Opening the black box: low-dimensional dynamics in "
        "high-dimensional recurrent neural networks. Neural Computation 25: 626–649.",
        _entry(
            "article", "sussillo2013",
            author="Sussillo, David and Barak, Omri",
            title="Opening the Black Box: Low-Dimensional Dynamics in High-Dimensional Recurrent "
            "Neural Networks",
            journal="Neural Computation", volume="25", number="3", pages="626--649", year="2013",
        ),
        ("task",),
    ),
    Reference(
        "yang2021",
        "Yang & Hu 2021",
        "Yang G, Hu EJ (2021). Tensor programs IV: feature learning in infinite-width neural "
        "networks. ICML. arXiv:2011.14522.",
        _entry(
            "inproceedings", "yang2021",
            author="Yang, Greg and Hu, Edward J.",
            title="Tensor Programs IV: Feature Learning in Infinite-Width Neural Networks",
            booktitle="International Conference on Machine Learning", year="2021",
            eprint="2011.14522", archiveprefix="arXiv",
        ),
        ("model.parameterization.kind=mup",),
    ),
    Reference(
        "kingma2015",
        "Kingma & Ba 2015",
        "Kingma DP, Ba J (2015). Adam: a method for stochastic optimization. ICLR. "
        "arXiv:1412.6980.",
        _entry(
            "inproceedings", "kingma2015",
            author="Kingma, Diederik P. and Ba, Jimmy",
            title="Adam: A Method for Stochastic Optimization",
            booktitle="International Conference on Learning Representations", year="2015",
            eprint="1412.6980", archiveprefix="arXiv",
        ),
        ("train.optimizer.kind=adam",),
    ),
    Reference(
        "loshchilov2019",
        "Loshchilov & Hutter 2019",
        "Loshchilov I, Hutter F (2019). Decoupled weight decay regularization. ICLR. "
        "arXiv:1711.05101.",
        _entry(
            "inproceedings", "loshchilov2019",
            author="Loshchilov, Ilya and Hutter, Frank",
            title="Decoupled Weight Decay Regularization",
            booktitle="International Conference on Learning Representations", year="2019",
            eprint="1711.05101", archiveprefix="arXiv",
        ),
        ("train.optimizer.kind=adamw",),
    ),
    Reference(
        "kidger2021",
        "Kidger 2021; Kidger & Garcia 2021",
        "Kidger P (2021). On neural differential equations. PhD thesis, University of Oxford "
        "(diffrax). Kidger P, Garcia C (2021). Equinox: neural networks in JAX via callable "
        "PyTrees and filtered transformations. arXiv:2111.00254.",
        _entry(
            "phdthesis", "kidger2021",
            author="Kidger, Patrick", title="On Neural Differential Equations",
            school="University of Oxford", year="2021",
        )
        + "\n\n"
        + _entry(
            "article", "kidger2021equinox",
            author="Kidger, Patrick and Garcia, Cristian",
            title="Equinox: Neural Networks in JAX via Callable PyTrees and Filtered "
            "Transformations",
            journal="Differentiable Programming workshop at NeurIPS", year="2021",
        ),
        ("model",),
    ),
)  # fmt: skip


def references_of(resolved: Mapping[str, Any]) -> list[Reference]:
    """The works due to a study, in the order of the list above."""
    said = set(_said(resolved, ""))
    return [one for one in REFERENCES if said.intersection(one.used_by)]


def study_bibtex(resolved: Mapping[str, Any], folder_hash: str, year: str, version: str) -> str:
    """An entry for the study itself."""
    study = resolved.get("study") or {}
    authors = " and ".join(_plain(one.get("name", "")) for one in study.get("authors") or ())
    fields = {
        **({"author": authors} if authors else {}),
        "title": _plain(study.get("title") or study.get("name") or "Study"),
        "year": year,
        "note": f"degendsl {version}, results {folder_hash}",
    }
    name = "".join(c for c in str(study.get("name") or "study") if c.isalnum())
    return _entry("misc", f"{name}{year}", **fields)


def _plain(text: str) -> str:
    """Text that BibTeX and TeX read as it is written."""
    for character in "\\{}":
        text = text.replace(character, "")
    for character in "&%$#_":
        text = text.replace(character, f"\\{character}")
    return text.replace("~", r"\textasciitilde{}").replace("^", r"\textasciicircum{}")


def _said(value: Any, path: str) -> Iterator[str]:
    """Every `path` that a resolved spec has, and every `path=word` of its texts."""
    if path:
        yield path
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _said(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from _said(inner, path)
    elif isinstance(value, str):
        yield f"{path}={value}"
