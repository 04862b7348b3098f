/** What other frameworks have and a net of netc has not. */
import type { Answer } from './answer.ts';

const none = (names: string, says: string): Answer => ({ tag: 'none', names, says });

/** Layers for other data, and what is not a layer here. */
export const absent: readonly Answer[] = [
  none(
    'conv1d conv1dtranspose convtranspose1d maxpool1d maxpooling1d avgpool1d averagepooling1d globalaveragepooling1d zeropadding1d upsampling1d cropping1d adaptiveavgpool1d',
    'a map has height and width; a signal is a map of one row, and its windows are `1x3`',
  ),
  none(
    'conv3d conv3dtranspose convtranspose3d maxpool3d maxpooling3d avgpool3d averagepooling3d globalaveragepooling3d batchnorm3d adaptiveavgpool3d convlstm2d',
    'a map has height and width; there are no volumes',
  ),
  none(
    'lstm gru rnn simplernn lstmcell grucell bidirectional timedistributed embedding embeddingbag embed masking',
    'a net takes one image; there are no sequences',
  ),
  none(
    'multiheadattention attention selfattention transformer transformerencoder transformerencoderlayer positionalencoding additiveattention patchembed crossattention',
    'there is no attention; a gate is `id * (conv1-64; sigmoid)`',
  ),
  none(
    'crossentropyloss mseloss bceloss bcewithlogitsloss nllloss l1loss smoothl1loss softmaxwithloss euclideanloss hingeloss contrastiveloss kldivloss ctcloss sigmoidcrossentropyloss',
    'a loss is not a layer; the net ends with its scores',
  ),
  none(
    'accuracy argmax topk silence cost detection region yolo detectionoutput proposal priorbox nms',
    'what is made of the result stands outside the net',
  ),
  none(
    'localconv2d locallyconnected2d locallyconnected local unfold fold im2col deformconv2d deformableconv involution dynamicconv coordconv',
    '`conv`, `depthwise` and `deconv` are the convolutions that netc has',
  ),
  none(
    'rmsnorm weightnorm spectralnorm unitnormalization normalize l2norm l2normalize l2normalization mvn crossmaplrn filterresponsenorm globalresponsenorm grn',
    '`batchnorm`, `layernorm`, `groupnorm`, `instancenorm` and `lrn` are the normalisations that netc has',
  ),
  none(
    'scale bias channelaffine layerscale',
    'netc has no layer that learns a scale or a shift alone; `batchnorm` has both, and `scale(0.5)` multiplies by a constant',
  ),
  none(
    'frozenbatchnorm2d frozenbatchnorm',
    'write `batchnorm`: its running statistics are not trained, and at inference it is the same',
  ),
  none(
    'randomflip randomcrop randomrotation randomzoom randomcontrast normalization centercrop discretization colorjitter',
    'a picture is prepared before the net gets it',
  ),
  none('reduce reduction reducemean reducesum mean', '`gap` is the mean of a map for each channel'),
];
