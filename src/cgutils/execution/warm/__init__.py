"""Warm kernels: kernels that are forked from a process which has imported the slow libraries already.

Any user of Jupyter can have them: ``papermill --engine cgutils-warm in.ipynb out.ipynb``, or the environment
variable ``JUPYTER_DEFAULT_PROVISIONER_NAME=cgutils-warm`` for nbclient, nbval and the rest. What they give is
what a new kernel gives; where a kernel cannot be forked, it is started the usual way.
"""
