"""Root directories made of Alpine's and Wolfi's packages, from a list of packages in an apko file."""
